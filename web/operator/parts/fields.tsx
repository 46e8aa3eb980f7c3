import type { ReactNode } from "react";
import {
  Checkbox,
  CheckboxGroup,
  FieldError,
  Label,
  Text,
  TextArea,
  TextField,
} from "react-aria-components";

/** Lines to type into. */
export function LongField(of: {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string;
  readonly rows?: number;
  readonly maxLength?: number;
  readonly required?: boolean;
}) {
  return (
    <TextField
      className="field wide-field"
      name={of.name}
      value={of.value}
      onChange={of.onChange}
      isRequired={of.required ?? true}
      maxLength={of.maxLength ?? 20_000}
    >
      <Label>{of.label}</Label>
      <TextArea rows={of.rows ?? 4} />
      {of.help === undefined ? null : (
        <Text slot="description" className="quiet small">
          {of.help}
        </Text>
      )}
      <FieldError className="wrong" />
    </TextField>
  );
}

/** One of some, in the browser's own list. */
export function Select<Value extends string>(of: {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly (readonly [value: Value, label: string])[];
}) {
  return (
    <label className="field">
      <span className="label">{of.label}</span>
      <select value={of.value} onChange={({ target }) => of.onChange(target.value as Value)}>
        {of.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Any of some. */
export function Ticks<Value extends string>(of: {
  readonly label: string;
  readonly value: readonly Value[];
  readonly onChange: (value: readonly Value[]) => void;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly help?: string;
  readonly required?: boolean;
}) {
  return (
    <CheckboxGroup
      className="group"
      value={[...of.value]}
      onChange={(value) => of.onChange(value as Value[])}
      isRequired={of.required ?? false}
    >
      <Label>{of.label}</Label>
      {of.help === undefined ? null : (
        <Text slot="description" className="quiet small">
          {of.help}
        </Text>
      )}
      {of.options.map(([value, label]) => (
        <Checkbox key={value} value={value} className="tick">
          <span className="tick-box" aria-hidden="true" />
          <span>{label}</span>
        </Checkbox>
      ))}
      <FieldError className="wrong" />
    </CheckboxGroup>
  );
}

/** How something stands, as a word in a frame. */
export function Tag(of: {
  readonly look?: "good" | "bad" | "quiet";
  readonly children: ReactNode;
}) {
  return <span className={`tag ${of.look ?? "quiet"}`}>{of.children}</span>;
}
