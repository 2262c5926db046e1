import type { Fault } from '../../core/view-base.ts';
import type { ProblemView } from '../../core/views.ts';

/** Says what a page lacks and why. Nothing while all is there. */
export function Faults({
  faults = [],
  problem,
}: {
  readonly faults?: readonly Fault[];
  readonly problem: ProblemView | undefined;
}) {
  if (faults.length === 0 && problem === undefined) return null;
  return (
    <div class="faults" role="status">
      {faults.map(({ service, message }) => (
        <p key={service}>
          <b>{service} does not answer</b>, so its figures are missing: {message}
        </p>
      ))}
      {problem !== undefined && <p>{problem.message}</p>}
    </div>
  );
}
