import { Link } from "react-router";
import { Heading } from "../shared/controls.tsx";
import { Frame } from "../shared/frame.tsx";
import { useTexts } from "../shared/language.tsx";

/** Where whoever types the bare address arrives. */
export function Landing() {
  const { landing } = useTexts();
  return (
    <Frame>
      <Heading>{landing.title}</Heading>
      <p>{landing.what}</p>
      <div className="card">
        <h2>
          <Link to="/me">{landing.person}</Link>
        </h2>
        <p>{landing.personMore}</p>
      </div>
      <div className="card">
        <h2>
          <Link to="/sign-in">{landing.staff}</Link>
        </h2>
        <p>{landing.staffMore}</p>
      </div>
      <p>
        <Link to="/transparency">{landing.open}</Link>
      </p>
    </Frame>
  );
}
