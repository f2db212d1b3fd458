using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Refresher.Core;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <summary>
    /// What dashboards read: views of a schema of their own, which a role may be given without being given a table. They name each column, keep out what is nobody's affair
    /// (addresses) and stay as they are when tables change. See docs/decisions/0095-dashboards-read-views.md.
    /// </summary>
    [DbContext(typeof(RefresherDb))]
    [Migration("20261129223000_Reporting")]
    public class Reporting : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            CREATE SCHEMA reporting;

            CREATE VIEW reporting.speed_tests AS
            SELECT at, COALESCE(schedule_key, 'by hand') AS schedule, seconds, failure, server_name AS server, server_city AS city, server_country AS country,
                server_distance_km AS distance_km, client_isp AS provider, idle_min_ms, idle_median_ms, idle_p95_ms, idle_jitter_ms, download_mbps, upload_mbps,
                download_loaded_ms, upload_loaded_ms
            FROM speed_tests WHERE NOT self_test;

            CREATE VIEW reporting.speed_servers AS
            SELECT t.at, COALESCE(t.schedule_key, 'by hand') AS schedule, c.server_name AS name, c.server_sponsor AS sponsor, c.server_city AS city, c.server_country AS country,
                c.server_latitude AS latitude, c.server_longitude AS longitude, c.server_distance_km AS distance_km, c.latency_ms, c.failure, c.chosen
            FROM speed_test_candidates c JOIN speed_tests t ON t.id = c.test_id WHERE NOT t.self_test;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP SCHEMA reporting CASCADE");
    }
}
