import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeToken } from "@/api/token";
import { connect } from "@/state/connect";
import { keepInStep, useStore } from "@/state/store";
import { listenToShell } from "@/features/window/shell";
import { App } from "./App";
import "./styles/app.css";

keepInStep();
listenToShell();
const token = takeToken(location, history, localStorage);
if (token === null) useStore.setState({ connection: { kind: "no-token" } });
else connect(token);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
