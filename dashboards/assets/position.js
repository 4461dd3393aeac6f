/* Where this device is and what its clock says, for a step that is taken on the spot. It may not be known: nothing waits
   longer than a few seconds for it. */
import { parts } from "./form.js";

const LONGEST_MS = 5000;

parts.device = () => {
  const device_time = new Date().toISOString();
  if (!navigator.geolocation) return Promise.resolve({ device_time });
  return new Promise((done) => {
    const without = setTimeout(() => done({ device_time }), LONGEST_MS);
    const give = (found) => { clearTimeout(without); done({ device_time, ...found }); };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => give({ position: { longitude: coords.longitude, latitude: coords.latitude } }),
      () => give({}),
      { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 30000 },
    );
  });
};
