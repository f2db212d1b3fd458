namespace Refresher.Web.Tests.Pages;

public sealed class EmptyPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Every_page_answers_when_there_is_nothing_to_show()
    {
        using var browser = await web.OpenAsAdminAsync();

        foreach (var path in Site.Paths)
        {
            Site.AssertClean(path, await browser.ReadAsync(path));
        }
    }

    [Theory]
    [InlineData("/", "Make the first schedule")]
    [InlineData("/schedules", "Choose a task")]
    [InlineData("/runs", "Go to the schedules")]
    [InlineData("/calendars", "Make a calendar")]
    [InlineData("/workers", "Start Refresher.Worker")]
    [InlineData("/queues", "Hold all dispatch")]
    [InlineData("/limits", "only so many runs")]
    [InlineData("/audit?action=site.delete", "Choose other filters")]
    public async Task An_empty_page_says_what_to_do(string path, string advice)
    {
        using var browser = await web.OpenAsAdminAsync();

        Assert.Contains(advice, await browser.ReadAsync(path), StringComparison.Ordinal);
    }
}
