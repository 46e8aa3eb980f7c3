/** 16 GiB a file: three hours of a good camera's 4K. It is read where it lies, never held whole. */
export const VIDEO_BYTES_MAX = 16 * 1024 ** 3;

/**
 * 16 million pixels a frame: 5.3K action cameras. A decoder keeps up to 16 frames to refer to, and
 * more for its threads; of 8K (33 million pixels) they alone are over a gigabyte.
 */
export const VIDEO_PIXELS_MAX = 16_000_000;

/** Under this many pixels wide or high no face can be recognised, nor can codecs be trusted. */
export const VIDEO_SIDE_PIXELS_MIN = 24;

/** 12 hours: a day at a festival, in one file. Times beyond it were made up. */
export const VIDEO_SECONDS_MAX = 12 * 60 * 60;

/** Frames that are decoded of one file: twelve hours at 120 a second. */
export const VIDEO_FRAMES_MAX = VIDEO_SECONDS_MAX * 120;

/** Streams in a file: cameras write up to ten, films a few dozen. */
export const VIDEO_STREAMS_MAX = 64;

/**
 * 60 s in which nothing comes of the decoder, asked for the next frame: half a second of 4K takes a
 * hundredth of that on a slow core.
 */
export const VIDEO_SILENCE_MS_MAX = 60_000;

/** 1.5 GB for the process that decodes: 5.3K takes about 900 MB, 1080p under 200. */
export const VIDEO_MEMORY_BYTES_MAX = 1.5 * 1024 ** 3;

/**
 * What part of the frames may be damaged: a radio link or a scratched tape loses some, and the
 * others are good. Of more than that a face would be missed, and nobody told.
 */
export const VIDEO_DAMAGE_MAX = 0.05;

/** Threads of a decoder: each holds frames, and more than four win little. */
export const VIDEO_THREADS_MAX = 4;
