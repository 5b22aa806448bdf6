"""The entrance of onnxruntime: a model file, one thread.

Comes in: a path that `weights.py` has checked, arrays by name. Goes out: arrays. Never: a second thread, a
thread that spins: recognition runs beside the stage.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from stentor.errors import EngineFailed, NoEngine

Array = npt.NDArray[Any]


class Model:
    """A loaded ONNX (or ORT) model. Used by one thread at a time.

    Raises: NoEngine: onnxruntime is not installed. EngineFailed: the file is no model.
    """

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
            from onnxruntime.capi import onnxruntime_pybind11_state as state
        except ImportError:
            raise NoEngine(
                "onnxruntime", because="it is not installed", next_step="pip install 'stentor[speech]'"
            ) from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.NoSuchFile) as error:
            raise EngineFailed(f"{path.name} cannot be loaded: {str(error)[:200]}") from None
        self.inputs: tuple[str, ...] = tuple(found.name for found in self._session.get_inputs())

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        """All outputs, in the model's order."""
        outputs: Sequence[Array] = self._session.run(None, dict(inputs))
        return outputs
