/** Solves one challenge beside the page. The one file that uses altcha-lib. Comes in: the challenge. Goes out: its solution, or null. */
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import type { Challenge } from "altcha-lib/types";

const TIMEOUT_MS = 90_000;

onmessage = ({ data }: MessageEvent<Challenge>) => {
  void solveChallenge({ challenge: data, deriveKey, timeout: TIMEOUT_MS }).then(
    (solution) => postMessage(solution),
    () => postMessage(null),
  );
};
