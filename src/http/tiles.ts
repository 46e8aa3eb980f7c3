import type { FastifyInstance } from "fastify";
import { LedgerError } from "../ledger/errors.ts";
import { parseTileName, tileBytes } from "../ledger/tile-files.ts";
import { PLAIN_ROUTES } from "../contract/plain-routes.ts";
import { admitRequest, type Door } from "./door.ts";

/** What a tile holds is the same for ever: whoever has it need not ask again. */
const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * The record's tree in tiles (C2SP tlog-tiles), beside its checkpoint: whoever monitors the record
 * reads all of it, and learns how many entries there are and nothing of what they say.
 */
export function tileRoute(server: FastifyInstance, door: Door): void {
  const { path, access } = PLAIN_ROUTES.getTile;
  // A tile's name holds slashes.
  const url = path.replace(":tile", "*");
  const asked = { path: "/api/v1/ledger/tile/:level", access } as const;
  server.get(
    url,
    {
      config: { name: "getTile" },
      onRequest: async (request, reply) => admitRequest(door, asked, request, reply),
    },
    async (request, reply) => {
      const { level, "*": tile } = request.params as {
        readonly level: string;
        readonly "*": string;
      };
      const name = parseTileName(level, tile);
      const bytes = name && (await tileBytes(door.app.db, name));
      if (!bytes) throw new LedgerError("size_unknown", "The record has no such tile.");
      return reply
        .header("cache-control", FOR_EVER)
        .header("content-type", "application/octet-stream")
        .send(Buffer.from(bytes));
    },
  );
}
