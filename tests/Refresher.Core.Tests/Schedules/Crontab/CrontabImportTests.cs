using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Crontab;

namespace Refresher.Core.Tests.Schedules.Crontab;

public sealed class CrontabImportTests
{
    [Fact]
    public void A_users_crontab_becomes_commands_in_words()
    {
        CrontabPlan plan = CrontabImport.Read("""
            # m h  dom mon dow   command
            MAILTO=ops@example.org
            PATH = "/usr/local/bin:/usr/bin:/bin"

            # nightly copy of the database
            30 2 * * 1-5 /opt/backup/backup.sh --full   > /dev/null
            */5 * * * *	cd /srv && ./poll
            @daily mail -s report boss%Dear boss,%all is well: 100\%
            """, timeZone: "Europe/Berlin");

        Assert.Equal(CrontabForm.User, plan.Form);
        Assert.Empty(plan.Refused);
        Assert.Equal([2], plan.Notes.Select(note => note.Line));
        Assert.Equal(3, plan.Entries.Count);
        CrontabEntry backup = plan.Entries[0];
        Assert.Equal(6, backup.Line);
        Assert.Equal("backup-sh", backup.Key);
        Assert.Equal("nightly copy of the database", backup.Comment);
        Assert.Equal("At 02:30 on weekdays, Europe/Berlin", backup.InWords);
        Assert.Equal(new CronCadence("30 2 * * 1-5", "Europe/Berlin"), backup.Cadence);
        Assert.Equal("/bin/sh", backup.Program);
        Assert.Equal(["-c", "/opt/backup/backup.sh --full   > /dev/null"], backup.Arguments);
        Assert.Equal(["PATH=/usr/local/bin:/usr/bin:/bin"], backup.Environment);
        Assert.Null(backup.Input);
        Assert.Null(plan.Entries[1].Comment);
        Assert.Equal("cd /srv && ./poll", plan.Entries[1].Arguments[1]);
        Assert.Equal("mail -s report boss", plan.Entries[2].Arguments[1]);
        Assert.Equal("Dear boss,\nall is well: 100%", plan.Entries[2].Input);
    }

    [Fact]
    public void A_systems_crontab_is_known_by_its_users()
    {
        const string text = """
            SHELL=/bin/bash
            17 *	* * *	root    cd / && run-parts --report /etc/cron.hourly
            -25 6	* * *	www-data	test -x /usr/sbin/anacron || run-parts /etc/cron.daily
            """;

        CrontabPlan plan = CrontabImport.Read(text);

        Assert.Equal(CrontabForm.System, plan.Form);
        Assert.Equal(["root", "www-data"], plan.Entries.Select(entry => entry.User));
        Assert.Equal("cd / && run-parts --report /etc/cron.hourly", plan.Entries[0].Arguments[1]);
        Assert.Equal("/bin/bash", plan.Entries[0].Program);
        Assert.Equal("25 6 * * *", plan.Entries[1].Cadence.Cron);
        Assert.All(plan.Notes, note => Assert.Contains("the worker's user", note.Reason, StringComparison.Ordinal));
        Assert.Equal("root    cd / && run-parts --report /etc/cron.hourly", CrontabImport.Read(text, CrontabForm.User).Entries[0].Arguments[1]);
    }

    [Fact]
    public void Variables_hold_for_the_lines_after_them()
    {
        CrontabPlan plan = CrontabImport.Read("""
            0 1 * * * first
            CRON_TZ=Asia/Tokyo
            RANDOM_DELAY=45
            MODE='a b '
            0 1 * * * second
            """);

        Assert.Equal([null, "Asia/Tokyo"], plan.Entries.Select(entry => entry.Cadence.TimeZone));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMinutes(45)], plan.Entries.Select(entry => entry.Jitter));
        Assert.Equal("At 01:00 every day, Asia/Tokyo", plan.Entries[1].InWords);
        Assert.Empty(plan.Entries[0].Environment);
        Assert.Equal(["MODE=a b "], plan.Entries[1].Environment);
    }

    [Theory]
    [InlineData("61 * * * * x", "0 to 59")]
    [InlineData("0 0 30 2 * x", "never occurs")]
    [InlineData("*/90 * * * * x", "/1 to /59")]
    [InlineData("@reboot x", "@reboot")]
    [InlineData("@fortnightly x", "@hourly")]
    [InlineData("0~59 * * * * x", "jitter")]
    [InlineData("* * * * *", "no command")]
    [InlineData("@daily", "no command")]
    [InlineData("* * * * * %only input", "no command")]
    [InlineData("* * *", "five")]
    [InlineData("CRON_TZ=Europe/Berln", "Europe/Berlin")]
    [InlineData("RANDOM_DELAY=soon", "minutes")]
    public void A_line_that_cannot_be_taken_over_is_refused_with_its_reason(string line, string reason)
    {
        CrontabPlan plan = CrontabImport.Read("0 1 * * * good\n" + line + "\n");

        CrontabNote refused = Assert.Single(plan.Refused);
        Assert.Equal((2, line), (refused.Line, refused.Text));
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        Assert.Single(plan.Entries);
    }

    [Fact]
    public void In_the_system_form_a_user_is_needed()
    {
        CrontabPlan plan = CrontabImport.Read("0 1 * * * /usr/bin/backup --all\n0 2 * * * root", CrontabForm.System);

        Assert.Empty(plan.Entries);
        Assert.Contains("is not a user name", plan.Refused[0].Reason, StringComparison.Ordinal);
        Assert.Contains("no command", plan.Refused[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_zone_refuses_the_lines_it_would_move()
    {
        CrontabPlan plan = CrontabImport.Read("CRON_TZ=Mars/Olympus\n0 1 * * * x\nCRON_TZ=UTC\n0 1 * * * y");

        Assert.Equal([1, 2], plan.Refused.Select(refused => refused.Line));
        Assert.Equal("y", Assert.Single(plan.Entries).Name);
    }

    [Theory]
    [InlineData("/usr/bin/php /var/www/cron.php", "php")]
    [InlineData("FOO=1 nice -n 10 /opt/do_it.sh", "do-it-sh")]
    [InlineData("/usr/bin/env python3 x.py", "python3")]
    [InlineData("[ -x /bin/true ] && (sudo certbot renew)", "true")]
    [InlineData("%%", null)]
    [InlineData("ÄÖ", "command")]
    public void Keys_are_made_from_what_is_run(string command, string? key) =>
        Assert.Equal(key, CrontabImport.Read("@daily " + command).Entries.SingleOrDefault()?.Key);

    [Fact]
    public void Keys_are_unique_and_everything_has_an_end()
    {
        string text = string.Join("\r\n", Enumerable.Repeat("* * * * * run", CrontabImport.MostLines + 5));

        CrontabPlan plan = CrontabImport.Read(text);

        Assert.Equal(CrontabImport.MostLines, plan.Entries.Select(entry => entry.Key).Distinct().Count());
        Assert.Single(plan.Refused);
        Assert.Single(CrontabImport.Read("* * * * * " + new string('x', 5000)).Refused);
    }

    [Fact]
    public void No_text_crashes_it()
    {
        Random random = new(41);
        const string alphabet = "*/5 0-9\t@daily%\\=#\n\r\"'CRON_TZroot~,ab$";
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            CrontabPlan plan = CrontabImport.Read(text);
            Assert.All(plan.Refused, refused => Assert.EndsWith(".", refused.Reason, StringComparison.Ordinal));
            Assert.All(plan.Entries, entry => Assert.NotEmpty(entry.InWords));
        }
    }
}
