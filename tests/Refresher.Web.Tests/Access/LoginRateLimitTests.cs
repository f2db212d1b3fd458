using System.Net;

namespace Refresher.Web.Tests.Access;

public sealed class LoginRateLimitTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task One_address_may_not_guess_on_over_many_users()
    {
        using var browser = web.Open();
        for (var i = 0; i < WebUnderTest.TriesPerMinute; i++)
        {
            using var wrong = await browser.TryLogInAsync($"user-{i}", "wrong password");
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var answer = await browser.TryLogInAsync("one-more", "wrong password");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }
}
