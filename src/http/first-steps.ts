/** A step of the way from an empty instance to a person who was found, and out again. */
export interface FirstStep {
  readonly title: string;
  readonly text: string;
  /** For bash or zsh. */
  readonly commands: string;
}

/** How the service is reached where nothing else is said. */
const ADDRESS = "http://localhost:4400";

const STEPS: readonly FirstStep[] = [
  {
    title: "Say where the service is, and who you are",
    text:
      "Put in the link that the service printed when it started. It makes the owner's account, " +
      "once, and signs you in. From here on, owner asks with your session, whose cookie is kept in " +
      "the file cookies.txt; pick shows an answer and takes one field out of it.",
    commands: `address=http://localhost:4400
link='http://localhost:4400/start#...'

pick() { tee >(cat >&2) | grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -n 1 | cut -d '"' -f 4; }
owner() { curl -sS --fail-with-body -b cookies.txt -c cookies.txt -H "Origin: $address" -H "X-Assent-Request: 1" "$@"; }

owner -H "Content-Type: application/json" \\
  -d '{"token": "'"\${link#*#}"'", "name": "Olga", "email": "olga@club.example"}' \\
  "$address/api/v1/sign-in/first-owner"`,
  },
  {
    title: "Make a collection",
    text: "Photos with one purpose, and what people are told before they say yes.",
    commands: `collection=$(owner -H "Content-Type: application/json" \\
  -d '{"name": "gala", "purpose": "give the guests their pictures", "notice": "We look for your face in the photos of the gala.", "contact": "office@club.example", "retentionDays": 365, "ageFloor": 16, "sceneBasis": "ticket terms and signs at the door"}' \\
  "$address/api/v1/collections" | pick id)
echo "$collection"`,
  },
  {
    title: "Make an API key",
    text: "It opens this collection alone, for what its scopes say, and is shown this once.",
    commands: `key=$(owner -H "Content-Type: application/json" \\
  -d '{"label": "first steps", "scopes": ["read", "search", "people", "import"], "days": 7}' \\
  "$address/api/v1/collections/$collection/api-keys" | pick text)

ask() { curl -sS --fail-with-body -H "Authorization: Bearer $key" "$@"; }`,
  },
  {
    title: "Enrol somebody who said yes",
    text:
      "The photo shows them alone and from the front. If it won't do, the answer says why. " +
      "No pictures at hand? In the program's folder, npx node samples/write-people.ts && " +
      "cd out/people draws some of people who do not exist, and goes there.",
    commands: `person=$(ask -F "name=Anna" -F "contact=anna@people.example" \\
  -F "form=binder 1, page 1" -F "signedOn=$(date +%F)" -F "witness=Bert" -F "photo=@portrait.jpg" \\
  "$address/api/v1/collections/$collection/people" | pick subject)
echo "$person"`,
  },
  {
    title: "Bring photos in",
    text: "Each is looked through for those who said yes. Of everybody else nothing is kept.",
    commands: `ask -F "photos=@photo-1.jpg" "$address/api/v1/collections/$collection/media"`,
  },
  {
    title: "Search",
    text:
      "Another photo of the same person finds them: the verdict is match, and the sightings tell " +
      "in which photos they are. A key is told ids, no names. Whoever is found can read that you " +
      "searched, and why.",
    commands: `ask -F "purpose=hand over the photos" -F "photo=@probe.jpg" \\
  "$address/api/v1/collections/$collection/searches" | tee found.json
grep '"verdict":"match"' found.json`,
  },
  {
    title: "Say that it is them",
    text: "A match is a proposal until a person confirms it.",
    commands: `sighting=$(grep -o 'sig_[A-Za-z0-9_-]*' found.json | head -n 1)
owner -X POST "$address/api/v1/collections/$collection/sightings/$sighting/confirm"`,
  },
  {
    title: "Withdraw",
    text: "From the moment this is answered nobody finds them: the same search says none.",
    commands: `ask -X POST "$address/api/v1/collections/$collection/people/$person/withdraw"
ask -F "purpose=see that nobody is found" -F "photo=@probe.jpg" \\
  "$address/api/v1/collections/$collection/searches" | grep '"verdict":"none"'`,
  },
];

/**
 * What somebody who has never seen the service does first. The page of documentation shows it, and a
 * test runs these very commands as they stand there.
 */
export function firstSteps(origin: string = ADDRESS): readonly FirstStep[] {
  return STEPS.map((step) => ({ ...step, commands: step.commands.replaceAll(ADDRESS, origin) }));
}
