import { useEffect, useState } from "react";

/** The address of a text, a signed one if not said, as a file of this page while it is shown. */
export function useFile(text: string, type = "application/jose"): string {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [text, type]);
  return address;
}
