import type { keptProbeRoutes } from "../../contract/kept-probes.ts";
import { deleteProbe, readProbe } from "../../search/kept-probes.ts";
import type { Handlers } from "../handler.ts";
import { ownOnly } from "./search.ts";

export const keptProbeHandlers: Handlers<typeof keptProbeRoutes> = {
  getProbe: async (app, { params, principal, recorder }) => {
    const place = { ...params, account: ownOnly(principal) };
    const { bytes: content, mediaType: type } = await readProbe(app, recorder, place);
    return { content, type, name: `${params.search}.${type.replace(/^.*\//u, "")}` };
  },
  deleteProbe: async (app, { params, principal, recorder }) => {
    await deleteProbe(app, recorder, { ...params, account: ownOnly(principal) });
    return { done: true };
  },
};
