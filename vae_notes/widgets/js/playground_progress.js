// How far a reader is in a mission: what is met, for how many steps, and what keeps it from counting.
const NAMES = { data: "the data", drawn: "the data", variational: "the model", latent: "the code", beta: "β", sigma: "σ of decoder", learning_rate: "the learning rate", learn_sigma: "learn σ", mean_only: "mean only", forget_kl: "forget the KL", mean_loss: "mean instead of sum" };

// One attempt at mission `number`, from 1; null for none. A new network is a new attempt.
function attempt(number) {
  const mission = MISSIONS[number - 1];
  if (!mission) return null;
  const set = { ...DEFAULTS, ...mission.state };
  let [at, since, anchor, now, solved] = [0, null, 0, "", false];
  return {
    mission,
    solved: () => solved,
    now: () => now,
    words() {
      if (solved) return ["Solved. ", mission.lesson];
      return at ? mission.stages[at - 1].told : [`${mission.name}. `, mission.task];
    },
    // What was measured after `steps` steps with the values that the reader has set in the model.
    follow(measured, steps, model) {
      if (solved) return;
      const { hold, goals, steady, bar } = mission.stages[at];
      const list = goals(measured);
      const other = Object.keys(NAMES).find((name) => !mission.free.includes(name) && written(model.get(name)) !== written(set[name]));
      const met = list.every((each) => each.met);
      const barred = other ? `${NAMES[other]} changed; choose the mission again to restart it` : met && bar?.(measured);
      if (barred || !met) since = null;
      else if (since === null || (steady && Math.abs(Math.log(steady(measured) / anchor)) > 0.04)) [since, anchor] = [steps, steady?.(measured)];
      const held = since === null ? 0 : steps - since;
      if (held >= hold) [at, since, solved] = [at + 1, null, at + 1 === mission.stages.length];
      const tail = solved ? `solved at step ${steps}` : barred ? `does not count: ${barred}` : `held for ${Math.min(held, hold)} of ${hold} steps`;
      now = `${list.map((each) => `${each.met ? "✓" : "✗"} ${each.text}`).join("; ")}; ${tail}`;
    },
  };
}
