namespace Refresher.Templates.Tests;

/// <summary>Every combination of the options, without building it.</summary>
[Trait("Suite", "template")]
public sealed class CombinationTests(Templates templates) : IClassFixture<Templates>
{
    public static TheoryData<string> All => [.. Options.Combinations().Select(options => string.Join(' ', options))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Has_what_it_should_and_nothing_that_leads_nowhere(string options)
    {
        var chosen = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Options.Hold(await templates.CopyAsync("MyJobs", chosen), chosen);
    }
}
