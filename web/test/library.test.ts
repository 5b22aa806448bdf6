import { expect, test } from "vitest";
import { Library } from "../src/replay/library";
import { recordingFrom, type Answer, type Brief, type RecordDoor, type Recording, type Transcript } from "../src/replay/record";
import { transcriptOf, turnOf } from "./record-words";

const MAYA = turnOf("t1", "maya", "Good evening", 1_000);
const DANIEL = turnOf("t2", "daniel", "Who pays", 4_000);

/** An edge with a record of two people, of whom one can be taken out. */
class Door {
  edition = 1;
  isAway = false;

  async recording(): Promise<Answer<Recording>> {
    const text = { version: this.edition };
    const json = { duration_ms: 64_000, edition: this.edition, transcript: text, brief: text, people: [] };
    return this.isAway ? "gone" : recordingFrom(json);
  }

  async activity() {
    const speaking: Record<string, [number, number][]> = { maya: [[0, 9]] };
    if (this.edition === 1) speaking["daniel"] = [[10, 19]];
    return { step_ms: 640, chunks: 100, speaking };
  }

  async transcript(): Promise<Transcript> {
    return transcriptOf(this.edition, this.edition === 1 ? [MAYA, DANIEL] : [MAYA]);
  }

  async brief(): Promise<Answer<Brief>> {
    return { summary: [], sections: [] } as unknown as Brief;
  }
}

function libraryOf(door: Door): Library {
  return new Library(door as unknown as RecordDoor, () => undefined);
}

test("who was taken out while the page was open is in none of it once it is asked again", async () => {
  const door = new Door();
  const library = libraryOf(door);
  await library.open();
  expect([library.lanes.map(({ person }) => person), library.transcript!.turns.length]).toEqual([["maya", "daniel"], 2]);
  door.edition = 2;
  await library.open();
  expect([library.lanes.map(({ person }) => person), library.transcript!.turns]).toEqual([["maya"], [MAYA]]);
  library.close();
});

test("a record that is held back while somebody is taken out is there again afterwards", async () => {
  const door = new Door();
  const library = libraryOf(door);
  await library.open();
  door.isAway = true;
  await library.open();
  expect(library.state).toBe("gone");
  door.isAway = false;
  door.edition = 2;
  await library.open();
  expect([library.state, library.recording!.edition]).toEqual(["here", 2]);
  library.close();
});
