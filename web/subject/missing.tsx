import { Link } from "react-router";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";

/** What stands at an address that is no page's: a link cut short, or a word mistyped. */
export function Missing() {
  const { missing } = useTexts();
  return (
    <Frame>
      <Heading>{missing.title}</Heading>
      <p>{missing.what}</p>
      <Link to="/">{missing.home}</Link>
    </Frame>
  );
}
