import type { FormEvent, ReactNode } from "react";
import { useEffect, useRef } from "react";
import {
  Button as AriaButton,
  FieldError,
  Input,
  Label,
  Radio,
  RadioGroup,
  Switch,
  Text,
  TextField,
} from "react-aria-components";

/** A button. `first` is what the page is for, `second` stands beside it, `danger` takes away. */
export function Button(of: {
  readonly look?: "first" | "second" | "danger";
  readonly slim?: boolean;
  readonly type?: "button" | "submit";
  readonly busy?: boolean;
  readonly label?: string;
  readonly onPress?: () => void;
  readonly children: ReactNode;
}) {
  const look = of.look ?? "first";
  return (
    <AriaButton
      type={of.type ?? "button"}
      className={`button ${look}${of.slim === true ? " slim" : ""}`}
      isDisabled={of.busy === true}
      {...(of.label === undefined ? {} : { "aria-label": of.label })}
      {...(of.onPress ? { onPress: of.onPress } : {})}
    >
      {of.children}
    </AriaButton>
  );
}

/** A line to type into, with its name above and what helps below. */
export function Field(of: {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "email" | "date";
  readonly help?: string;
  readonly autoComplete?: string;
  readonly maxLength?: number;
  readonly required?: boolean;
  /** A whole number is asked for, from the first to the last of these. */
  readonly bounds?: readonly [min: number, max: number];
}) {
  const [min, max] = of.bounds ?? [];
  return (
    <TextField
      className="field"
      name={of.name}
      value={of.value}
      onChange={of.onChange}
      type={of.bounds ? "number" : (of.type ?? "text")}
      isRequired={of.required ?? true}
      maxLength={of.maxLength ?? 200}
      autoComplete={of.autoComplete ?? "off"}
    >
      <Label>{of.label}</Label>
      <Input onInput={dropComplaint} min={min} max={max} />
      {of.help === undefined ? null : (
        <Text slot="description" className="quiet small">
          {of.help}
        </Text>
      )}
      <FieldError className="wrong" />
    </TextField>
  );
}

/**
 * What was wrong and is right now is told no longer, while one types. React Aria would take it away as
 * the field is left: the page moves under the press that leaves it, and the press is lost.
 */
function dropComplaint({ currentTarget: input }: FormEvent<HTMLInputElement>): void {
  if (!("invalid" in input.dataset) || !input.validity.valid) return;
  input.dispatchEvent(new Event("change"));
}

/** One of a few; nothing is chosen for anybody. */
export function Choice<Value extends string>(of: {
  readonly label: string;
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly options: readonly (readonly [value: Value, label: string])[];
}) {
  return (
    <RadioGroup
      className="group"
      isRequired
      value={of.value}
      onChange={(value) => of.onChange(value as Value)}
    >
      <Label>{of.label}</Label>
      {of.options.map(([value, label]) => (
        <Radio key={value} value={value} className="radio">
          <span>{label}</span>
        </Radio>
      ))}
      <FieldError className="wrong" />
    </RadioGroup>
  );
}

/** On or off; what it means stands beside it. */
export function Toggle(of: {
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <Switch className="switch" isSelected={of.on} onChange={of.onChange}>
      <span className="track" aria-hidden="true" />
      <span>{of.children}</span>
    </Switch>
  );
}

/** A page's heading. It takes the focus when a step replaces another, so that it is read out. */
export function Heading({ children, focus }: { readonly children: string; readonly focus?: true }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · Assent`;
    if (focus) ref.current?.focus();
  }, [children, focus]);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** How far something is, in words and as a bar. The width is an attribute: the policy allows no style. */
export function Progress(of: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}) {
  const share = of.total === 0 ? 0 : Math.min(100, (of.done / of.total) * 100);
  return (
    <div
      role="progressbar"
      aria-label={of.label}
      aria-valuemin={0}
      aria-valuemax={of.total}
      aria-valuenow={of.done}
    >
      <span className="small">{of.label}</span>
      <div className="bar">
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
          <rect width={share} height="1" />
        </svg>
      </div>
    </div>
  );
}
