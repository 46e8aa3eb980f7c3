export const en = {
  copy: "Copy",
  copied: "Copied",
  copyFailed: "The browser does not let it be copied. Select the text and copy it yourself.",
  putAway: "I have kept it",
  choose: "Choose a file",
  chooseMany: "Choose files",
  chooseOther: "Choose another",
  noFile: "None chosen",
};
