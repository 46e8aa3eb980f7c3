/** Why a face can't be used, as a closed union: each has its advice in `qualityAdvice`. */
export type QualityProblem =
  | "no_face"
  | "several_faces"
  | "too_small"
  | "too_blurred"
  | "too_dark"
  | "too_bright"
  | "turned_away"
  | "covered";
