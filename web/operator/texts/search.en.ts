const problems: Readonly<Record<string, string>> = {
  no_face: "No face was found",
  several_faces: "There is more than one face",
  too_small: "Small: a photo in full size compares better",
  too_blurred: "Blurred: the comparison is less sure",
  too_dark: "Dark: the comparison is less sure",
  too_bright: "Too bright: the comparison is less sure",
  turned_away: "Turned away: the comparison is less sure",
  covered: "Partly covered: the comparison is less sure",
};

export const en = {
  face: { missing: "This picture can't be shown." },
  search: {
    title: "Search",
    history: "Earlier searches",
    closed: "No search is made here any more",
    closedMore: "What was found stays under Photos.",
    nobody: "Nobody here has agreed to be found",
    nobodyMore:
      "A search compares a face with people who said yes, and with nobody else. As long as there is none, there is nothing to search.",
    toPeople: "To the people",
    intro: (people: number) =>
      people === 1
        ? "One person of this collection has agreed to be found. Nobody else is compared."
        : `${people} people of this collection have agreed to be found. Nobody else is compared.`,
    left: (left: number, budget: number) => `${left} of ${budget} searches left in this hour.`,
    spent: (budget: number, at: string) =>
      `Your ${budget} searches of this hour are spent. The next can be made at ${at}.`,
    drop: "Drop a photo or a video of some minutes here, or choose one.",
    choose: "Choose a photo",
    dropMore: "A photo: in full size it compares best.",
    other: "Another photo",
    otherFace: "Another face of this photo",
    looking: "Looking for faces. Nobody is compared yet.",
    noFace: "No face in this photo",
    noFaceMore:
      "A face must be seen from the front, and be at least some 30 pixels wide. Take another photo.",
    notShown: "Your browser can't show this kind of picture. Its faces are counted from the left.",
    probeAlt: (faces: number) => `The photo to search with; faces marked: ${faces}`,
    oneFace: "The face",
    which: (faces: number) => `Which of the ${faces} faces?`,
    face: (number: number, pixels: number) => `Face ${number}, ${pixels} pixels wide`,
    every: "Every face in the photo",
    noBasis:
      "Only one: this collection has no recorded reason why everyone in a photo may be compared.",
    chooseFace: "Choose a face first: here, or in the photo.",
    purpose: "What is this search for?",
    purposeMore:
      "For example: hand over the photos of the gala. Everybody in the collection can read it.",
    leaves: "What this search leaves in the record, before you see an answer:",
    leavesList: [
      "your account, the time, and the purpose as you write it;",
      "whom it returns: each of them can read that you looked, when and why, and check the record;",
    ],
    go: "Search",
    searching: "Searching…",
    found: (faces: number) =>
      faces === 1 ? "One candidate" : `Candidates for ${faces} of the faces`,
    foundNone: "Nobody who agreed to be found",
    candidates: "Hits are candidates. A person confirms: look at both faces before you say so.",
    noneMore:
      "Of the people who said yes, nobody is this alike. That says nothing of anybody else: others are not compared, and no trace of this face is kept.",
    twoPerson: "In this collection two people must confirm before it counts.",
    recorded: (id: string) => `The search is recorded as ${id}.`,
    probeFace: (number: number) => `Face ${number} of your photo`,
    yourPhoto: "Your photo",
    theirFace: (name: string) => `Another face taken for ${name}`,
    theirPhoto: {
      confirmed: "Confirmed in this collection",
      proposed: "Proposed in this collection, not confirmed",
      rejected: "Rejected in this collection",
    },
    noPhoto:
      "There is no photo of them here to compare with. The photo that they enrolled with is for no other use, and is not shown.",
    verdict: {
      match: (name: string) => `Perhaps ${name}`,
      uncertain: (name: string) => `Uncertain: it may be ${name}`,
    },
    verdictMore: {
      match: "Alike enough to be proposed.",
      uncertain: "Not alike enough, or not far enough ahead of somebody else. Look twice.",
    },
    margin: (margin: string) => `Ahead of the next person by ${margin}.`,
    noRunnerUp: "Nobody else comes near.",
    score: (score: string) => `Score ${score}.`,
    asHigh: (pairs: string, count: string, threshold: string) =>
      `Of ${pairs} measured pairs of different people, ${count} scored ${threshold} or higher.`,
    noneAsHigh: (pairs: string, threshold: string, bound: string) =>
      `Of ${pairs} measured pairs of different people, none scored ${threshold} or higher. That still allows one in ${bound}.`,
    measured: "How this was measured",
    measuredMore:
      "With every person more in a collection there is one more who may look alike: the chance of a wrong hit is that of one pair, as many times as there are people.",
    problems,
    nobodyHere: "Nobody who agreed to be found",
    nobodyHereMore: "Either it is somebody else, or the photos are too different.",
    notCompared: "Not compared",
    notComparedMore: "This face can't be compared well enough.",
    person: (name: string) => `About ${name}`,
    seen: (count: number, more: boolean) =>
      more
        ? `Seen in more than ${count} photos`
        : count === 1
          ? "Seen in one photo"
          : `Seen in ${count} photos`,
    seenNowhere: "They were seen in no photo of this collection yet.",
    seenAt: (name: string, source: string) => `${name}, perhaps, in ${source}`,
    say: { confirm: "It is them", reject: "Not them", undo: "Take back" },
    half: "Noted. A second person must confirm it too.",
    state: { proposed: "Proposed", confirmed: "Confirmed", rejected: "Not them; remembered" },
  },
  clips: {
    choose: "Choose a video",
    limits: (bytes: string) =>
      `A video: MP4, MOV, MKV or WebM, at most ${bytes}, which is some minutes. A longer one is looked through if you add it under “Add photos”.`,
    tooLarge: (bytes: string) =>
      `This video is too large: at most ${bytes}. Cut out the part you ask about, or import it.`,
    other: "Another file",
    noBasis:
      "In a video everybody's face is compared. This collection has no recorded reason why that may be done, so search by a photo, and point at the face.",
    sending: "Sending the video",
    looking: "Being looked at: every face is followed through time, then compared.",
    lookingMore: "For a video of a minute this takes some ten seconds. Stay on this page.",
    found: (people: number) =>
      people === 1 ? "One candidate in this video" : `${people} candidates in this video`,
    tracks: (tracks: number) =>
      tracks === 1 ? "One face was followed." : `${tracks} faces were followed.`,
    deleted: "The video is deleted from the service; it plays from your own computer.",
    kept: (day: string) => `The service keeps the video, sealed, to the end of ${day}.`,
    unplayable: "Your browser can't play this kind of video. The times stand below.",
    player: "The video you searched with, from your own computer",
    times: (from: string, to: string) => `${from} – ${to} s`,
    verdicts: { match: "match", uncertain: "uncertain" },
    play: (name: string, times: string, verdict: string) => `Play ${name}, ${times}, ${verdict}`,
    all: (name: string) => `All photos and videos of ${name}`,
  },
  keep: {
    keep: "Keep it for some days",
    until: "To the end of which day (UTC)?",
    more: (days: number) =>
      `At most ${days} days. You, owners and auditors can look at it under Searches, which is recorded; there it can be deleted at any time.`,
    leaves: {
      photo:
        "no photo: yours is compared, then overwritten. A seal of it stays, which tells whether it was this one.",
      video:
        "no video: yours is compared, then deleted. A seal of it stays, which tells whether it was this one.",
    },
    leavesKept: {
      photo: (day: string) =>
        `the photo, sealed, to the end of ${day}; everybody in the collection can read that it is kept.`,
      video: (day: string) =>
        `the video, sealed, to the end of ${day}; everybody in the collection can read that it is kept.`,
    },
    kept: (moment: string) => `The photo or video searched with is kept until ${moment}.`,
    show: "Show it",
    remove: "Delete it now",
    removeTitle: "Delete what was searched with?",
    gonePhoto: "the photo, which can't be brought back; the search stays in the record",
    goneVideo: "the video, which can't be brought back; the search stays in the record",
    alt: "What the search was made with",
  },
  reviews: {
    title: "Sightings to review",
    intro:
      "A face in a photo, and another face of the person it is taken for. Your answer stays, whatever is compared later.",
    none: "Nothing to review",
    noneMore: "Every sighting of people who can be found now has been decided.",
    noneDone: "None",
    noneDoneMore: "No sighting of somebody who can be found now is in this state.",
    show: "Show",
    states: { proposed: "To review", confirmed: "Confirmed", rejected: "Rejected" },
    seen: "Seen here",
    theirs: {
      confirmed: "Confirmed before",
      proposed: "Proposed too, not confirmed",
      rejected: "Rejected before",
    },
    noReference: "No other face of theirs is here to compare with.",
    is: (name: string) => `Is this ${name}?`,
    person: (id: string) => `person ${id}`,
    verdicts: { match: "A match", uncertain: "Uncertain" },
    score: (score: string) => `score ${score}`,
    faceAlt: (name: string) => `The face taken for ${name}`,
    referenceAlt: (name: string) => `Another face taken for ${name}`,
    confirm: "It is them",
    reject: "Not them",
    skip: "Skip",
    undo: "Take back",
    open: "See the photo",
    said: {
      confirm: (name: string) => `Confirmed: ${name}.`,
      reject: (name: string) => `Not ${name}. It is remembered, and not proposed again.`,
      half: (name: string) => `Noted for ${name}. A second person must confirm it too.`,
      undo: (name: string) => `Taken back: it is proposed again for ${name}.`,
    },
    again: "From the start",
    oneSaid: "One person has confirmed it. A second must too.",
    youSaid: "You have confirmed it. Somebody else must too.",
    history: "What was said of it",
    historyNone: "Nobody has said anything yet.",
    decisions: {
      confirmed: "confirmed",
      confirmed_once: "confirmed, as the first of two",
      rejected: "rejected",
      undone: "taken back",
    },
    decision: (what: string, by: string, at: string) => `${at}: ${what}, by ${by}`,
    you: "you",
    themselves: "the person themselves",
    keys: "Keys",
    keysOn: "Single keys act on this screen",
    keyTable: [
      ["c", "it is them"],
      ["r", "not them"],
      ["j, →", "skip"],
      ["k, ←", "the one before"],
      ["u", "take the last word back"],
    ] as readonly (readonly [keys: string, does: string])[],
    auditor: "An auditor reads: people are shown by their number, and nothing can be said here.",
    done: (count: number) => `${count} decided since you opened this screen`,
  },
  searches: {
    title: "Searches",
    own: "The searches that you have made in this collection.",
    all: "Every search in this collection, whoever made it. Whom it found stands in the record.",
    none: "No search yet",
    noneMore: "A search is recorded here before its answer is given.",
    toSearch: "To the search",
    purpose: "What for",
    when: "When",
    by: "By",
    faces: "Faces",
    returned: "People returned",
    entry: "In the record",
    check: "Check",
    you: "you",
    program: "a program",
  },
};
