using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class ResponsivenessTests
{
    [Fact]
    public void Over_TLS_the_three_parts_of_a_new_connection_count_alike_and_the_open_one_as_much_as_they() =>
        Assert.Equal(((60_000 / ((20 + 40 + 30) / 3.0)) + (60_000 / 25.0)) / 2, Responsiveness.RoundTripsPerMinute([new NewConnection(0, 20, 40, 30)], [25])!.Value, 6);

    [Fact]
    public void Over_plain_HTTP_there_are_two_parts() =>
        Assert.Equal(60_000 / 25.0, Responsiveness.RoundTripsPerMinute([new NewConnection(0, 20, null, 30)], [25])!.Value, 6);

    [Fact]
    public void The_longest_twentieth_does_not_count() =>
        Assert.Equal(3000, Responsiveness.RoundTripsPerMinute([.. Enumerable.Repeat(new NewConnection(0, 20, null, 20), 19), new NewConnection(0, 3000, null, 900)], [.. Enumerable.Repeat(20.0, 19), 5000])!.Value, 6);

    [Fact]
    public void Without_a_connection_that_came_through_there_is_no_figure()
    {
        Assert.Null(Responsiveness.RoundTripsPerMinute([], [20]));
        Assert.Null(Responsiveness.RoundTripsPerMinute([new NewConnection(0, 20, null, 20)], []));
    }

    [Theory]
    [InlineData(24.9, 24.9, "A+")]
    [InlineData(20.0, 31.0, "A")]
    [InlineData(70.0, 70.0, "B")]
    [InlineData(20.0, 300.0, "C")]
    [InlineData(400.0, 400.0, "D")]
    [InlineData(2000.0, 20.0, "F")]
    [InlineData(10.0, null, "A+")]
    [InlineData(null, 250.0, "D")]
    [InlineData(null, null, null)]
    public void The_grade_is_that_of_the_mean_increase(double? download, double? upload, string? grade) =>
        Assert.Equal(grade, Bufferbloat.Grade(20, download, upload));
}
