import type { Reader, Tx } from "./db.ts";

/** What an instance remembers of its own set-up. */
export type SettingName =
  | "pack"
  | "scrub"
  | "restore"
  | "restored"
  | "instance"
  | "operator"
  | "witnessing";

/** A setting's value, or null where it was never set. */
export async function readSetting(db: Reader, name: SettingName): Promise<string | null> {
  const row = await db.read
    .selectFrom("settings")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.value ?? null;
}

/** Forgets a setting. */
export async function removeSetting(tx: Tx, name: SettingName): Promise<void> {
  await tx.write.deleteFrom("settings").where("name", "=", name).execute();
}

/** Sets or changes a setting. */
export async function writeSetting(tx: Tx, name: SettingName, value: string): Promise<void> {
  await tx.write
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
