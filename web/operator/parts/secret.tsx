import { useState } from "react";
import { Button } from "../../shared/controls.tsx";
import { useWords } from "../../shared/words.ts";
import { parts } from "../texts/parts.ts";

/** What is shown this once: to be copied, and then put away. */
export function Secret(of: {
  readonly title: string;
  readonly what: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  const words = useWords(parts);
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(of.secret);
      setCopied("yes");
    } catch {
      setCopied("failed");
    }
  };
  return (
    <div className="note" role="status">
      <h2>{of.title}</h2>
      <p>{of.what}</p>
      <p>
        <code className="secret">{of.secret}</code>
      </p>
      <div className="row">
        <Button slim onPress={() => void copy()}>
          {copied === "yes" ? words.copied : words.copy}
        </Button>
        <Button look="second" slim onPress={of.onClose}>
          {words.putAway}
        </Button>
      </div>
      {copied === "failed" ? <p>{words.copyFailed}</p> : null}
    </div>
  );
}
