import type { ComponentChildren } from 'preact';
import { useContext, useId, useRef, useState } from 'preact/hooks';
import type { Action } from '../../core/actions.ts';
import { act, SessionContext } from '../session.ts';

/** What an action's button is made of. */
export interface ActionButtonProps {
  /** What the button says, and the title of its question. */
  readonly label: string;
  readonly action: Action;
  /** What will happen, before it does. */
  readonly children: ComponentChildren;
  /** What it is about, for those who hear the button and do not see what stands beside it. */
  readonly subject?: string;
  /** Reasons that are offered, and any other can be written; undefined where nobody is asked why. */
  readonly reasons: readonly string[] | undefined;
  readonly isDangerous?: boolean;
  /** Why it can't be done now; '' when it can. */
  readonly refusedBecause?: string;
}

type Progress =
  | { readonly kind: 'asking' }
  | { readonly kind: 'acting' }
  | { readonly kind: 'failed'; readonly message: string };

/** A button that asks once, with a reason, and then acts. What came of it is said, and shown where it changes something. */
export function ActionButton(props: ActionButtonProps) {
  const { label, action, children, reasons, isDangerous = false, refusedBecause = '' } = props;
  const { subject = '' } = props;
  const session = useContext(SessionContext);
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' });
  const [done, setDone] = useState('');
  const id = useId();
  const why = session?.readOnlyBecause || refusedBecause;
  const open = () => {
    setProgress({ kind: 'asking' });
    setReason('');
    setDone('');
    dialog.current?.showModal();
  };
  const confirm = async (event: Event) => {
    event.preventDefault();
    setProgress({ kind: 'acting' });
    try {
      const { text } = await act(action, reason);
      setDone(text);
      dialog.current?.close();
    } catch (error) {
      setProgress({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` });
    }
  };
  return (
    <div class="action">
      <button
        type="button"
        class={isDangerous ? 'dangerous' : ''}
        aria-disabled={why !== ''}
        title={why}
        onClick={why === '' ? open : () => setDone(why)}
      >
        {label}
        {subject !== '' && <span class="hidden"> {subject}</span>}
        {why !== '' && <span class="hidden"> ({why})</span>}
      </button>
      <span class={done !== '' && done === why ? 'done refused' : 'done'} role="status">
        {done}
      </span>
      <dialog ref={dialog} aria-labelledby={`${id}-title`}>
        <form onSubmit={confirm}>
          <h2 id={`${id}-title`}>{label}</h2>
          <div class="said">{children}</div>
          {reasons !== undefined && (
            <ReasonField id={id} offered={reasons} reason={reason} onReason={setReason} />
          )}
          <p class="problem" role="alert">
            {progress.kind === 'failed' ? progress.message : ''}
          </p>
          <div class="choices">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button
              type="submit"
              class={isDangerous ? 'dangerous solid' : 'solid'}
              disabled={progress.kind === 'acting'}
            >
              {progress.kind === 'acting' ? 'Working…' : label}
            </button>
          </div>
        </form>
      </dialog>
    </div>
  );
}

function ReasonField({
  id,
  offered,
  reason,
  onReason,
}: {
  readonly id: string;
  readonly offered: readonly string[];
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}) {
  return (
    <>
      <label for={`${id}-reason`}>Why? It stays on record.</label>
      <input
        id={`${id}-reason`}
        required
        maxLength={500}
        autocomplete="off"
        value={reason}
        onInput={({ currentTarget }) => onReason(currentTarget.value)}
      />
      <div class="offers">
        {offered.map((one) => (
          <button key={one} type="button" class="offer" onClick={() => onReason(one)}>
            {one}
          </button>
        ))}
      </div>
    </>
  );
}
