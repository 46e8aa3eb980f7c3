import { newId } from "../src/base/ids.ts";
import { Gallery } from "../src/search/gallery.ts";
import { drawFrom, drawUnit } from "../test/vectors.ts";

// Run as a process of its own by search.ts: fills a gallery and says what the whole process holds.
// Nothing but the gallery and one vector at a time is there to be counted.

const [rows = 0, templateSize = 0] = process.argv.slice(2).map(Number);
const bytesBefore = process.memoryUsage().rss;
using gallery = new Gallery(templateSize);
const draw = drawFrom(rows);
for (let row = 0; row < rows; row += 1) {
  const vector = drawUnit(draw, templateSize);
  gallery.add({ template: newId("tem"), subject: newId("sub"), grant: newId("gra"), vector });
}
gallery.search(drawUnit(draw, templateSize), { limit: 10 });
console.log(JSON.stringify({ rows, bytesBefore, bytesAfter: process.memoryUsage().rss }));
