namespace CaptionTL.Web.Tests.Pages;

/// <summary>What people do, without a mouse.</summary>
public sealed class KeyboardTests(Site site)
{
    [Fact]
    public async Task AntsAndBees_TaughtByKeyboard_AreToldApart()
    {
        var (ants, bees, unseen) = (Insects.Photos("train", "ants", 8), Insects.Photos("train", "bees", 8),
            Insects.Photos("val", "bees", 1));
        await using var visit = await Visit.ToAsync(site, "/");
        var (page, name) = (visit.Page, Seed.Name("keys"));
        page.FileChooser += (_, _) => { }; // listened to all the time: a key may be quicker than the beginning of a wait

        await TabToAsync(page.GetByRole(AriaRole.Link, new() { Name = "Teach" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Teach it something of your own" })).ToBeFocusedAsync();
        await TabToAsync(page.GetByLabel("What will it tell apart?"));
        await page.Keyboard.TypeAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Teach: {name}" })).ToBeFocusedAsync();
        await TabToAsync(page.GetByLabel("One more class"));
        foreach (var item in (string[])["ant", "bee"])
        {
            await page.Keyboard.TypeAsync(item);
            await page.Keyboard.PressAsync("Enter");
            await page.Locator($"[data-class='{item}'] .drop[data-ready]").WaitForAsync();
            await Expect(page.GetByLabel("One more class")).ToBeFocusedAsync();
            await Expect(page.GetByLabel("One more class")).ToHaveValueAsync("");
        }
        await ChooseAsync(page.Locator("[data-class='bee'] [data-drop-input]"), bees, "Shift+Tab");
        await Expect(page.Locator("[data-class='bee'] header")).ToContainTextAsync("8 images", new() { Timeout = 120_000 });
        await ChooseAsync(page.Locator("[data-class='ant'] [data-drop-input]"), ants, "Shift+Tab");
        await Expect(page.Locator("[data-class='ant'] header")).ToContainTextAsync("8 images", new() { Timeout = 120_000 });
        var train = page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true });
        await Expect(train).ToBeEnabledAsync();
        await TabToAsync(train);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("3. Try it")).ToBeVisibleAsync(new() { Timeout = 300_000 });
        await visit.LiveAsync();
        await ChooseAsync(page.Locator(".drop[aria-label='Show it something new'] [data-drop-input]"), unseen);

        await Expect(page.Locator(".class-name")).ToHaveTextAsync("bee", new() { Timeout = 120_000 });
    }

    [Fact]
    public async Task Training_StartedByKeyboard_IsShown()
    {
        var data = await Seed.InsectsAsync(site.Address, each: 6);
        await using var visit = await Visit.ToAsync(site, $"/train?data={data}");
        var page = visit.Page;

        // Radio buttons are one stop; the arrows choose.
        await TabToAsync(page.Locator("input[name=plan]:checked"));
        var first = await page.Locator("input[name=plan]:checked").InputValueAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("input[name=plan]:checked")).Not.ToHaveValueAsync(first);
        await Expect(page.Locator("input[name=plan]:checked")).ToBeFocusedAsync();
        await TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Start training" }));
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/jobs/[0-9]+$"));
        await Expect(page.Locator(".badge")).ToHaveTextAsync("done", new() { Timeout = 300_000 });
    }

    [Fact]
    public async Task Image_OpenedByKeyboard_GivesTheKeyboardBack()
    {
        await using var visit = await Visit.ToAsync(site, $"/data/{await Seed.InsectsAsync(site.Address, each: 4)}");
        var page = visit.Page;
        var (cell, editor) = (page.Locator(".cell").Nth(2), page.Locator("dialog.editor"));
        await Expect(cell).ToBeVisibleAsync();
        await TabToAsync(cell);

        foreach (var close in (Func<Task>[])[() => page.Keyboard.PressAsync("Escape"), CloseAsync, SaveAsync])
        {
            await page.Keyboard.PressAsync("Enter");
            await Expect(editor).ToBeVisibleAsync();
            (await page.EvaluateAsync<bool>("document.querySelector('dialog.editor').contains(document.activeElement)"))
                .ShouldBeTrue("the keyboard is within");
            await Expect(cell).ToHaveAttributeAsync("aria-expanded", "true");
            await close();
            await Expect(editor).ToHaveCountAsync(0);
            await Expect(cell).ToBeFocusedAsync();
        }
        await Expect(page.GetByText("Version 2 ·")).ToBeVisibleAsync();
        await Expect(cell.Locator(".text")).ToHaveTextAsync("wasps");

        // With the image, what opened it goes too.
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(editor.GetByRole(AriaRole.Button, new() { Name = "Remove the image" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("7 images").First).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("document.querySelector('.grid').contains(document.activeElement)");

        async Task CloseAsync()
        {
            await TabToAsync(editor.GetByRole(AriaRole.Button, new() { Name = "Close" }));
            await page.Keyboard.PressAsync("Enter");
        }

        async Task SaveAsync()
        {
            await TabToAsync(editor.GetByLabel("Class"));
            await page.Keyboard.PressAsync("Control+a");
            await page.Keyboard.TypeAsync("wasps");
            await page.Keyboard.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task Version_PromotedByKeyboard_Answers()
    {
        var name = await Seed.InsectsAsync(site.Address, each: 8);
        await Seed.TrainAsync(site.Address, name, promote: true);
        var second = await Seed.TrainAsync(site.Address, name, promote: false);
        await using var visit = await Visit.ToAsync(site, $"/runs/{second.Id}");
        var (page, state) = (visit.Page, visit.Page.GetByLabel("The model"));

        await TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Use this version" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(state).ToContainTextAsync($"Version 2 of {name} answers now.");

        // The button is gone; the keyboard goes on at its place.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Roll back" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(state).ToContainTextAsync($"Version 2 of {name} is not in use; version 1 is.");
    }

    /// <summary>Presses a key until the keyboard is there, as often as it takes to come round once.</summary>
    private static async Task TabToAsync(ILocator there, string key = "Tab")
    {
        const int most = 120;
        await there.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        for (var i = 0; i < most; i++)
        {
            if (await there.EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await there.Page.Keyboard.PressAsync(key);
        }
        Assert.Fail($"{key} does not lead to {there}; it led to "
            + $"{await there.Page.EvaluateAsync<string>("document.activeElement.outerHTML.slice(0, 200)")}");
    }

    private static async Task ChooseAsync(ILocator input, IReadOnlyList<string> files, string key = "Tab")
    {
        await TabToAsync(input, key);
        var chooser = await input.Page.RunAndWaitForFileChooserAsync(() => input.Page.Keyboard.PressAsync("Enter"));
        await chooser.SetFilesAsync(files);
    }
}
