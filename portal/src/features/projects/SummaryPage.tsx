/** A project at a glance. */

export default function SummaryPage() {
  return null;
}
