import { Component, type ReactNode } from "react";
import { Button } from "./controls.tsx";
import { Frame } from "./frame.tsx";
import { useTexts } from "./language.tsx";

interface Of {
  /** Where the reader is: somewhere else is tried anew. Absent: it stands around the whole page. */
  readonly at?: string;
  readonly children: ReactNode;
}

/**
 * What can't be drawn says so, and what stands around it is left alone. Mostly a screen's script did
 * not come: the service is gone, or was renewed and has it no more. React has this for classes only.
 */
export class Boundary extends Component<Of, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override componentDidUpdate({ at }: Of): void {
    if (at !== this.props.at && this.state.failed) this.setState({ failed: false });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    if (this.props.at !== undefined) return <CantBeShown />;
    return (
      <Frame>
        <CantBeShown />
      </Frame>
    );
  }
}

function CantBeShown() {
  const { unloaded, loadAnew } = useTexts();
  return (
    <div className="note bad" role="alert">
      <p>{unloaded}</p>
      <Button look="second" slim onPress={() => location.reload()}>
        {loadAnew}
      </Button>
    </div>
  );
}
