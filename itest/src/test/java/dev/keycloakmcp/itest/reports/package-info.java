/** What people reported in public of clients and servers that did not understand each other, tried here. */
package dev.keycloakmcp.itest.reports;
