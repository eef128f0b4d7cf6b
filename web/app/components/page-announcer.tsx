import { useLocation } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

/** Says the title of each page that is gone to, which a browser does only for whole loads. */
export function PageAnnouncer() {
  const { pathname } = useLocation();
  const lastPath = useRef(pathname);
  const [title, setTitle] = useState("");
  useEffect(() => {
    if (lastPath.current === pathname) return;
    lastPath.current = pathname;
    setTitle(document.title);
  }, [pathname]);
  return <output className="sr-only">{title}</output>;
}
