import { FacesError } from "../../errors.ts";
import { OnnxGraph } from "../../onnx/graph.ts";
import { convertLayer } from "./layers.ts";
import type { IrValue } from "./layers.ts";
import { readIr } from "./read-ir.ts";

/**
 * Turns an OpenVINO IR (version 10 or 11, weights FP16 or FP32) into an ONNX model in memory: one
 * input `input`, one output `output`, the first dimension of both free, weights as float32.
 * Handles the layers listed in layers.ts; any other is FacesError `model_layer_unknown`, a damaged
 * file `model_malformed`.
 */
export function convertIr(xml: Uint8Array, weights: Uint8Array): Uint8Array {
  const graph = new OnnxGraph();
  const values = new Map<string, IrValue>();
  let inputs = 0;
  let outputs = 0;
  for (const layer of readIr(xml)) {
    // OpenVINO writes layers in the order of computation, which ONNX demands too.
    const taken = layer.inputs.map((source) => {
      const value = values.get(`${source.layer}:${source.port}`);
      if (!value) throw malformed(`layer ${layer.id} takes what no layer before it makes`);
      return value;
    });
    if (layer.type === "Parameter") inputs += 1;
    if (layer.type === "Result") outputs += 1;
    const made = convertLayer({ graph, layer, inputs: taken, weights });
    for (const port of layer.outputs.keys()) if (made) values.set(`${layer.id}:${port}`, made);
  }
  if (inputs !== 1 || outputs !== 1) throw malformed("one input and one output are needed");
  return graph.finish("openvino");
}

function malformed(what: string): FacesError {
  return new FacesError("model_malformed", `The OpenVINO model can't be converted: ${what}.`);
}
