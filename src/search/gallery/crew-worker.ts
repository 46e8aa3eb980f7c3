import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { assert } from "../../base/errors.ts";
import {
  type HelperData,
  type HelperMessage,
  inPhase,
  PHASE_DONE,
  PHASE_JOINED,
  PHASE_OPEN,
  phaseOf,
  WORD_GALLERY,
  WORD_NEXT_BLOCK,
  WORD_PROBES,
  WORD_ROWS,
} from "./crew.ts";
import { bindKernel, type Kernel, scanBlocks } from "./kernel.ts";
import { type Layout, layoutOf } from "./layout.ts";

// A helper of a crew; see [Note: crew] in crew.ts. It lives in this loop until it is stopped.

const { control: buffer, module, word, lane } = workerData as HelperData;
const control = new Int32Array(buffer);
const galleries = new Map<number, { readonly kernel: Kernel; readonly layout: Layout }>();

for (;;) {
  const seen = Atomics.load(control, word);
  if (!readMessages()) break;
  if (phaseOf(seen) === PHASE_OPEN && join(seen)) work(inPhase(seen, PHASE_DONE));
  else Atomics.wait(control, word, seen);
}

/** False when there is nothing more to do. */
function readMessages(): boolean {
  assert(parentPort, "A helper runs in a worker thread");
  for (;;) {
    const received = receiveMessageOnPort(parentPort);
    if (!received) return true;
    const message = received.message as HelperMessage;
    if (message.kind === "stop") return false;
    if (message.kind === "attach") {
      const { memory, templateSize } = message;
      const kernel = bindKernel(module, memory);
      galleries.set(message.gallery, { kernel, layout: layoutOf(templateSize) });
    } else {
      galleries.delete(message.gallery);
    }
  }
}

function join(open: number): boolean {
  const joined = inPhase(open, PHASE_JOINED);
  return Atomics.compareExchange(control, word, open, joined) === open;
}

function work(done: number): void {
  const gallery = galleries.get(Atomics.load(control, WORD_GALLERY));
  assert(gallery, "The offer names a gallery that was never attached");
  const task = {
    rows: Atomics.load(control, WORD_ROWS),
    probes: Atomics.load(control, WORD_PROBES),
  };
  const next = (): number => Atomics.add(control, WORD_NEXT_BLOCK, 1);
  scanBlocks(gallery.kernel, gallery.layout, task, { lane, next });
  Atomics.store(control, word, done);
  Atomics.notify(control, word);
}
