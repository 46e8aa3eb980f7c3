import assert from "node:assert/strict";
import { test } from "node:test";
import type { SightingId, SubjectId } from "../base/ids.ts";
import { timelineCsv, type TimelineLine, timelineVtt } from "./timeline.ts";

const line: TimelineLine = {
  subject: "sub_a" as SubjectId,
  sighting: "sig_a" as SightingId,
  name: "Anna",
  from: 3725.0421,
  to: 3726,
  at: 3725.5,
  box: { x: 0, y: 0, width: 1, height: 1 },
  verdict: "match",
  state: "proposed",
  score: 0.71234,
};

test("a timeline as CSV is no formula, whatever somebody is called", () => {
  const names = ["Anna", '=HYPERLINK("x")', "@b", 'Ada, "the\n first"'];
  const csv = timelineCsv(names.map((name) => ({ ...line, name })));
  const rows = csv.split("\r\n");
  assert.equal(rows[0], "person,name,from,to,best,verdict,state,score");
  assert.equal(rows[1], 'sub_a,"Anna",3725.042,3726.000,3725.500,match,proposed,0.712');
  assert.match(rows[2] ?? "", /^sub_a,"'=HYPERLINK\(""x""\)",/u);
  assert.match(rows[3] ?? "", /^sub_a,"'@b",/u);
  assert.match(csv, /"Ada, ""the\n first"""/u);
});

test("a timeline as WebVTT has one cue a moment, and no mark-up but ours", () => {
  const cues = timelineVtt([line, { ...line, name: "<b>x</b> --> & y", to: line.from }]);
  const expected = [
    "WEBVTT",
    "",
    "sig_a",
    "01:02:05.042 --> 01:02:06.000",
    "Anna",
    "",
    "sig_a",
    "01:02:05.042 --> 01:02:05.043",
    "&lt;b&gt;x&lt;/b&gt; --&gt; &amp; y",
    "",
  ];
  assert.deepEqual(cues.split("\n"), expected);
});
