import { useState } from "react";
import { Button, Progress } from "../../shared/controls.tsx";
import { useLanguage } from "../../shared/language.tsx";
import { useWords } from "../../shared/words.ts";
import { shell } from "../texts/shell.ts";
import { showCount, showSeconds } from "./numbers.ts";
import { Pace } from "./pace.ts";

/** Below this a rate is told by the minute. */
const SLOW_PER_SECOND = 1;

/** How far something long is: a bar, its rate, the time that is left, and a way to stop it. */
export function LongProgress(of: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly pace: Pace;
  /** How an amount is written; a count if not said. */
  readonly show?: (amount: number, language: string) => string;
  readonly onCancel?: (() => void) | undefined;
  readonly cancelling?: boolean;
}) {
  const { job } = useWords(shell);
  const language = useLanguage();
  const show = of.show ?? showCount;
  const rate = of.pace.perSecond();
  const left = of.pace.secondsLeft(of.total);
  const told = [job.of(show(of.done, language), show(of.total, language))];
  if (rate !== null) {
    const whole = (amount: number): string => show(Math.round(amount), language);
    const slow = rate < SLOW_PER_SECOND;
    told.push(slow ? job.rateMinute(whole(rate * 60)) : job.rate(whole(rate)));
  }
  if (left !== null && of.done < of.total) told.push(job.left(showSeconds(left, language)));
  return (
    <div className="card">
      <Progress label={of.label} done={of.done} total={of.total} />
      <div className="row between">
        <span className="quiet small">{told.join(" · ")}</span>
        {of.onCancel ? (
          <Button look="second" slim busy={of.cancelling === true} onPress={of.onCancel}>
            {of.cancelling === true ? job.cancelling : job.cancel}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** A pace that lasts as long as what shows it. */
export function usePace(): Pace {
  return useState(() => new Pace())[0];
}
