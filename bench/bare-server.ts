import { createServer } from "node:http";

/**
 * Refuses everything, and does nothing else: what of a refusal's time is Node's, and the machine's,
 * while the service beside it is asked for more than it can do.
 */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(503, { "retry-after": "2" }).end("{}");
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("It listens on a port.");
  console.log(`Listening: http://127.0.0.1:${address.port}`);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
