import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../../shared/language.tsx";
import { showMoment } from "../../shared/times.ts";
import { useWords } from "../../shared/words.ts";
import { useCollection } from "../collection.tsx";
import { Loaded } from "../parts/states.tsx";
import { assent, linkTo } from "../service.ts";
import { people } from "../texts/people.ts";

/** The signed receipts of a person's consents here, to read and to hand over. */
export function PersonReceipts({ subject }: { readonly subject: string }) {
  const { person: words } = useWords(people);
  const language = useLanguage();
  const { id: collection } = useCollection();
  const query = useQuery({
    queryKey: ["receipts", collection, subject],
    queryFn: async () => assent.listPersonReceipts({ collection, subject }),
  });
  return (
    <section className="card">
      <h2>{words.receipts}</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{words.noReceipts}</p>
          ) : (
            <ul className="rows">
              {items.map(({ consent, madeAt }) => {
                const of = { collection, subject, consent, language };
                const title = words.receiptOf(showMoment(madeAt, language));
                return (
                  <li key={consent}>
                    <span className="what">{title}</span>
                    <span className="row">
                      <a
                        href={linkTo("readPersonReceiptPage", of)}
                        aria-label={`${words.read}: ${title}`}
                      >
                        {words.read}
                      </a>
                      <a
                        href={linkTo("readPersonReceiptPdf", of)}
                        aria-label={`${words.pdf}: ${title}`}
                      >
                        {words.pdf}
                      </a>
                    </span>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
