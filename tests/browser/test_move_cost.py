"""What a move of a slider asks of the browser: no style, and no layout but that of the figure itself.

Benchmarks say how long a move takes; here is what keeps it short, read from the browser's own trace.
"""

import pytest

PAGE = "chapters/relu.html#fig-prelu-live"
FIGURE = "#fig-prelu-live"


@pytest.fixture
def trace(page):
    """A function that drags a slider of the pReLU figure; returns what the browser did: name → arguments."""

    def drag(slider):
        tab = page(PAGE)
        track = tab.locator(f"{FIGURE} .mlp-slider", has=tab.get_by_role("slider", name=slider, exact=True)).locator(".mlp-track")
        track.scroll_into_view_if_needed()
        tab.wait_for_timeout(800)  # what scrolling began has ended
        box = track.bounding_box()
        session, events, ended = tab.context.new_cdp_session(tab), [], []
        session.on("Tracing.dataCollected", lambda batch: events.extend(batch["value"]))
        session.on("Tracing.tracingComplete", lambda _: ended.append(True))

        def mouse(kind, share):
            x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
            button = {"button": "left", "buttons": 1, "clickCount": 1}
            session.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})
            tab.wait_for_timeout(100)

        mouse("mousePressed", 0.4)
        session.send("Tracing.start", {"traceConfig": {"includedCategories": ["devtools.timeline"]}})
        for share in (0.45, 0.5, 0.55, 0.6):
            mouse("mouseMoved", share)
        session.send("Tracing.end")
        while not ended:
            tab.wait_for_timeout(50)
        mouse("mouseReleased", 0.6)
        return events

    return drag


def arguments(events, name):
    return [event["args"] for event in events if event["name"] == name and "beginData" in event["args"]]


@pytest.mark.parametrize("slider", ["α", "x"])
def test_a_move_costs_no_style_and_lays_out_the_figure_alone(trace, slider):
    events = trace(slider)
    layouts = arguments(events, "Layout")
    assert len(layouts) >= 3
    assert all(layout["beginData"]["partialLayout"] for layout in layouts)
    assert [style["elementCount"] for style in arguments(events, "UpdateLayoutTree") if style.get("elementCount")] == []
