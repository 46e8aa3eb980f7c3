/** Words of deliveries: asking for one, and what became of it. */
export const deliveries = {
  title: "Deliveries",
  what: "The photos and videos of people, in full size, with everybody else in them covered. With videos it takes a while. A delivery waits here for a day.",
  ask: "Ask for a delivery",
  nobody: "Nobody to deliver to yet",
  nobodyMore: "Invite people first: only what shows those who said yes is packed.",
  filter: "Find a name",
  whose: "Whose photos and videos",
  chooseFirst: "Choose somebody first.",
  askYes: (people: number) =>
    people <= 1 ? "Pack photos and videos" : `Pack photos and videos of ${people} people`,
  there: "Deliveries of today",
  none: "No delivery waits",
  noneMore: "What was asked for can be fetched here for a day.",
  photos: (count: number) => (count === 1 ? "1 photo or video." : `${count} photos and videos.`),
  until: (moment: string) => `It is gone after ${moment}.`,
  fetch: "Download the ZIP",
  fetchVideo: "Download the video",
  ofVideo: {
    whole: "A copy of a whole video.",
    intervals: "A copy of their moments in a video.",
  },
  making: "It is being packed",
  andMore: (count: number) => `and ${count} more`,
};
