import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeToken } from "@/api/token";
import { connect } from "@/state/connect";
import { keepInStep, useStore } from "@/state/store";
import { keepViewsInStep } from "@/features/panes/views";
import { listenToShell } from "@/features/window/shell";
import { App } from "./App";
import "./styles/app.css";

keepInStep();
listenToShell();
keepViewsInStep(localStorage);
const token = takeToken(location, history, localStorage);
if (token === null) useStore.setState({ connection: { kind: "no-token" } });
else connect(token);

// An address with a token pasted over this one changes the fragment only: nothing is loaded anew.
addEventListener("hashchange", () => {
  if (!location.hash.includes("token=")) return;
  const given = takeToken(location, history, localStorage);
  if (given !== null) connect(given);
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
