import { type DragEvent, type ReactNode, useState } from "react";

/** A place that files are dropped on; within it stand the other ways to choose them. */
export function DropZone(of: {
  readonly onDrop: (dropped: DataTransfer) => void;
  readonly children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    of.onDrop(event.dataTransfer);
  };
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {of.children}
    </div>
  );
}
