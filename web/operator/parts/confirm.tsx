import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "../../shared/controls.tsx";
import { Failure, useAction } from "../../shared/states.tsx";
import { useWords } from "../../shared/words.ts";
import { shell } from "../texts/shell.ts";

/**
 * Asks before something is done that can't be undone: `gone` says line by line what will be gone.
 * The browser's own dialog keeps the focus inside and gives it back; Escape is a no.
 */
export function Confirm(of: {
  readonly title: string;
  readonly gone?: readonly string[];
  readonly children?: ReactNode;
  /** On the button: what is done, as a verb. */
  readonly yes: string;
  readonly action: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const words = useWords(shell);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { onClose } = of;
  const act = useAction(async () => {
    await of.action();
    onClose();
  });
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onCancel={onClose}>
      <h2 id={id}>{of.title}</h2>
      {of.gone ? (
        <>
          <p>{words.confirm.gone}</p>
          <ul>
            {of.gone.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      ) : null}
      {of.children}
      {act.error ? <Failure error={act.error} /> : null}
      <div className="row">
        <Button look="second" onPress={onClose}>
          {words.confirm.cancel}
        </Button>
        <Button look={of.gone ? "danger" : "first"} busy={act.busy} onPress={act.run}>
          {of.yes}
        </Button>
      </div>
    </dialog>
  );
}
