/**
 * A place to wait until nobody new has come for so long, in milliseconds; then all go on. However slow the machine is, whoever
 * can be there at once has met.
 */
export function whenQuiet(milliseconds = 250): () => Promise<void> {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    const released = waiting;
    waiting = [];
    for (const goOn of released) goOn();
  };
  return () =>
    new Promise((goOn) => {
      waiting.push(goOn);
      clearTimeout(timer);
      timer = setTimeout(release, milliseconds);
    });
}
