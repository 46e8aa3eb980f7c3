import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { NavLink, useLocation, useNavigate } from "react-router";
import { LanguageChoice, useLanguage } from "../shared/language.tsx";
import { useWords } from "../shared/words.ts";
import { useCollections } from "./collection.tsx";
import type { Screen } from "./screens/screen.ts";
import { SCREENS } from "./screens/screens.ts";
import { SignOut, useMe } from "./session.tsx";
import { shell } from "./texts/shell.ts";

const IN_COLLECTION = /^\/app\/c\/([^/]+)\/?([^/]*)/u;

/** The way to every screen: a rail beside them, or behind a button where there is no room. */
export function Navigation() {
  const words = useWords(shell);
  const me = useMe();
  const id = useId();
  const { pathname } = useLocation();
  // The menu is open on the screen that it was opened on: whoever goes on has closed it.
  const [openOn, setOpenOn] = useState<string | null>(null);
  const open = openOn === pathname;
  const [, collection = null, section = ""] = IN_COLLECTION.exec(pathname) ?? [];
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") setOpenOn(null);
  };
  return (
    <header className="rail" onKeyDown={closeByKey}>
      <div className="rail-top">
        <span className="brand">Assent</span>
        <button
          type="button"
          className="button second slim menu"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpenOn(open ? null : pathname)}
        >
          {words.menu}
        </button>
      </div>
      <div id={id} className={open ? "rail-body open" : "rail-body"}>
        <ChooseCollection chosen={collection} section={section} />
        <nav aria-label={words.sections}>
          {collection === null ? null : <Links within="collection" base={`/app/c/${collection}`} />}
          <Group title={words.instance}>
            <Links within="instance" base="/app" />
          </Group>
        </nav>
        <div className="rail-foot">
          <span className="quiet small">{words.signedInAs(me.name, words.roles[me.role])}</span>
          <div className="row">
            <SignOut />
            <LanguageChoice />
            <a className="small" href="/docs">
              {words.docs}
            </a>
          </div>
        </div>
      </div>
    </header>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <>
      <h2 className="rail-title">{title}</h2>
      {children}
    </>
  );
}

function Links({ within, base }: { readonly within: Screen["within"]; readonly base: string }) {
  const language = useLanguage();
  const { role } = useMe();
  const shown = SCREENS.filter((one) => one.within === within && one.who.includes(role));
  return (
    <ul>
      {shown.map(({ path, name }) =>
        name ? (
          <li key={path}>
            <NavLink to={path === "" ? base : `${base}/${path}`} end={path === ""}>
              {name(language)}
            </NavLink>
          </li>
        ) : null,
      )}
    </ul>
  );
}

/** Which collection the screens are of. Another is shown on the same screen. */
function ChooseCollection(of: { readonly chosen: string | null; readonly section: string }) {
  const words = useWords(shell);
  const navigate = useNavigate();
  const { data = [] } = useCollections();
  if (data.length === 0) return null;
  const known = data.some(({ id }) => id === of.chosen);
  return (
    <label className="choose">
      <span className="quiet small">{words.collection}</span>
      <select
        value={known ? (of.chosen ?? "") : ""}
        onChange={({ target }) => void navigate(`/app/c/${target.value}/${of.section}`)}
      >
        {known ? null : (
          <option value="" disabled>
            {words.chooseCollection}
          </option>
        )}
        {data.map(({ id, name, closed }) => (
          <option key={id} value={id}>
            {closed ? words.closed(name) : name}
          </option>
        ))}
      </select>
    </label>
  );
}
