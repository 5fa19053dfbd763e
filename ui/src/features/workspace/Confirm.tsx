import { useState } from "react";
import { Button, Dialog, TextField } from "@/components";
import { removePreview, setUnlocked, showError } from "@/state/operations";
import { closeDialog, select, useStore } from "@/state/store";
import { idOf } from "@/features/side/search";

/** Unlocking is deliberate: it says what becomes possible, and for how long. */
export function UnlockDialog({ preview }: { preview: string }) {
  const upstream = useStore((state) => state.workspace?.previews.find(({ name }) => name === preview)?.upstream);
  return (
    <Dialog
      title={`Unlock ${preview}?`} onClose={closeDialog}
      description={<>It is read-only. Unlocked, what you submit in its panes really reaches <span className="wire">{upstream ?? preview}</span>, until you lock it again or the engine stops.</>}
      footer={
        <>
          <Button look="quiet" onClick={closeDialog} autoFocus>Keep it read-only</Button>
          <Button look="danger" onClick={() => void setUnlocked(preview, true).then(closeDialog, showError)}>Unlock</Button>
        </>
      }
    />
  );
}

export function RemovePreviewDialog({ preview }: { preview: string }) {
  return (
    <Dialog
      title={`Remove ${preview}?`} onClose={closeDialog} description="It goes out of tripledash.json; the app itself is left alone. You can undo it."
      footer={
        <>
          <Button look="quiet" onClick={closeDialog} autoFocus>Cancel</Button>
          <Button look="danger" onClick={() => void removePreview(preview).then(closeDialog, showError)}>Remove</Button>
        </>
      }
    />
  );
}

/** A second pane of one tenant with a cookie jar of its own. */
export function SessionDialog({ tenant }: { tenant: string }) {
  const sessions = useStore((state) => state.selection.sessions);
  const [name, setName] = useState("admin");
  const id = idOf(name);
  const taken = (sessions[tenant] ?? []).includes(id);
  const open = () => {
    const { tenants } = useStore.getState().selection;
    select({
      tenants: tenants.includes(tenant) ? tenants : [...tenants, tenant], sessions: { ...sessions, [tenant]: [...(sessions[tenant] ?? []), id] },
    });
    closeDialog();
  };
  return (
    <Dialog
      title={`A second session of ${tenant}`} onClose={closeDialog} width={400}
      description="A pane beside the first with cookies of its own: an admin beside a visitor."
      footer={
        <>
          <Button look="quiet" onClick={closeDialog}>Cancel</Button>
          <Button look="strong" type="submit" form="session-form" disabled={id === "" || taken}>Open</Button>
        </>
      }
    >
      <form
        id="session-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== "" && !taken) open();
        }}
      >
        <TextField
          label="Name of the session" wire autoFocus value={name} problem={taken ? "This session is open already" : null}
          hint={id !== name && id !== "" ? <>written <span className="wire">{id}</span></> : undefined}
          onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
