import { useMemo } from "react";
import { Button, Dialog } from "@/components";
import { closeDialog, useStore } from "@/state/store";
import { VariableRows } from "./VariableRows";
import { variablesOf } from "./variables";

/** What the file asks for by `${env:NAME}`, and where each has its value. */
export function VariablesDialog({ preview }: { preview: string | null }) {
  const workspace = useStore((state) => state.workspace);
  const variables = useMemo(() => variablesOf(workspace, preview), [workspace, preview]);
  return (
    <Dialog
      title={preview === null ? "Variables" : `Variables of ${preview}`} width={520} onClose={closeDialog}
      description={
        variables.length === 0 ? <>Nothing here asks for one. A secret in a header is written <span className="wire">{"${env:NAME}"}</span>, and its value kept elsewhere.</>
        : <>What tripledash.json writes as <span className="wire">{"${env:NAME}"}</span>. The environment goes before .env.local, and that before the keychain.</>
      }
      footer={<Button onClick={closeDialog}>Close</Button>}
    >
      {variables.length === 0 ? undefined : <VariableRows variables={variables} users={preview === null} />}
    </Dialog>
  );
}
