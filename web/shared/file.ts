import { useEffect, useState } from "react";

/** The address of a signed text as a file of this page, for as long as it is shown. */
export function useFile(text: string): string {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: "application/jose" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [text]);
  return address;
}
