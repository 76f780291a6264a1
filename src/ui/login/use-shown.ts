import { useEffect, useRef } from 'preact/hooks';

/**
 * Says once for every id that it is on the screen: two frames after the page was drawn, because the first callback comes
 * before the picture is painted. A page that is hidden draws nothing and says nothing.
 */
export function useShown(id: string | undefined, say: (id: string) => void): void {
  const said = useRef<string>(undefined);
  useEffect(() => {
    if (id === undefined || said.current === id) return;
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        said.current = id;
        say(id);
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [id]);
}
