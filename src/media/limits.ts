/**
 * 256 MiB a file: a 100 MP photo as a 16-bit lossless PNG or a packed TIFF stays below; a JPEG of
 * that size is about 60 MB. The whole file is held in memory while it is decoded.
 */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * 100 MP: the largest medium-format sensors in common use; 300 MB as RGB. Decoding at full size was
 * measured to take, in bytes a pixel: baseline JPEG and TIFF 3, PNG 3 to 7 (interlaced), GIF 7,
 * WebP 8, turned pictures 6, progressive JPEG 9. Shrunk to 1,600 px: JPEG and PNG under 1,
 * progressive JPEG 6.
 */
export const PIXELS_MAX = 100_000_000;

/** 50 MP for AVIF and HEIC: their decoder takes 18 bytes a pixel, shrunk or not. */
export const HEIF_PIXELS_MAX = 50_000_000;

/** The largest side WebP, JPEG and our overlays can all be asked for without overflow inside. */
export const SIDE_PIXELS_MAX = 32_767;

/** Faces under 24 px wide are not recognised, so neither is a picture smaller than that. */
export const SIDE_PIXELS_MIN = 24;

/** Red, green, blue, alpha, and one spare plane some scanners write. More is no photo. */
export const CHANNELS_MAX = 5;

/**
 * 60 s a picture: 100 MP take about 3 s on a slow core; what is slower was made to be slow.
 * The decoder looks at the clock between strips only, so this is a second line: the worker pool's
 * own limit is the first.
 */
export const DECODE_SECONDS_MAX = 60;

/** EXIF blocks are at most 64 KiB in JPEG; other containers may claim any size. */
export const EXIF_BYTES_MAX = 1024 * 1024;

/** Cameras write up to about 60 entries a directory; a larger one was made to waste time. */
export const EXIF_ENTRIES_MAX = 512;
