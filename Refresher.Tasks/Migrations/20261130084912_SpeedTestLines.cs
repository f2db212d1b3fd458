using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class SpeedTestLines : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "echoes",
                table: "speed_tests",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "echoes_lost",
                table: "speed_tests",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "speed_tests",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "terms_accepted_at",
                table: "speed_directories",
                type: "timestamp with time zone",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "echoes",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "echoes_lost",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "source",
                table: "speed_tests");

            migrationBuilder.DropColumn(
                name: "terms_accepted_at",
                table: "speed_directories");
        }
    }
}
