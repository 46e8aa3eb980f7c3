import { InferenceSession } from "onnxruntime-node";
import { forbidReports } from "./no-reports.ts";

/**
 * Loads a model from its bytes. Memory patterns are off: ONNX Runtime keeps one plan for every
 * input size it meets, and photos come in thousands of sizes.
 */
export async function openSession(
  model: Uint8Array,
  options: { readonly threads: number },
): Promise<InferenceSession> {
  forbidReports();
  return InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableMemPattern: false,
    // Errors only: warnings about unused initialisers are noise on a user's screen.
    logSeverityLevel: 3,
  });
}
